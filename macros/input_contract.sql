{#- All that is wrong is told at once, by file or table, row or key, column, value and rule. -#}
{% macro check_inputs() -%}
    {%- if execute -%}
        {%- set refused = {'lines': [], 'complaints': []} -%}
        {%- for name in inputs_given() -%}
            {%- if stages_input(name) -%}
                {%- set told = told_of_input(name) -%}
                {%- do refused.lines.extend(told.lines) -%}
                {%- do refused.complaints.extend(told.complaints) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if refused.lines -%}
            {%- do record_complaints(refused.complaints) -%}
            {%- do report_gate([]) -%}
            {{ exceptions.raise_compiler_error(
                'Rejected before anything was computed:\n    ' ~ refused.lines | join('\n    ')) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro told_of_input(name) -%}
    {%- set source = input_source(name) -%}
    {%- set label = input_label(name) -%}
    {%- if source.kind == 'parquet' and input_files(name) and '://' not in source.path -%}
        {%- set files = [] -%}
        {%- for row in run_query('select file, complaint_of_parquet(file) as complaint from glob(' ~ sql_text(source.path)
            ~ ") where complaint <> '' order by file") -%}
            {%- do files.append([row['file'], row['complaint']]) -%}
        {%- endfor -%}
        {%- if files -%}
            {{ return(library('of_files', {'label': label, 'unreadable': files})) }}
        {%- endif -%}
    {%- endif -%}
    {%- set stored = input_stored(name) -%}
    {%- set types = input_types(name) -%}
    {%- set told = library('of_columns', {
        'label': label, 'types': types, 'stored': stored.columns, 'partitions': stored.partitions}) -%}
    {%- if told.lines -%}
        {{ return(told) }}
    {%- endif -%}
    {%- set rows = input_rows(name) | string -%}
    {%- set query = library('values_query', {
        'label': label, 'kind': source.kind, 'rows': rows, 'types': types, 'stored': stored.columns, 'key': input_key(name),
        'is_duckdb': target.type == 'duckdb'}) -%}
    {%- set found = as_texts(run_query(in_dialect(query))) if query else [] -%}
    {{ return(library('of_values', {'label': label, 'rows': found})) }}
{%- endmacro %}


{#- `dbt retry` selects nodes without telling which. -#}
{% macro stages_input(name) -%}
    {%- set staging = 'model.' ~ project_name ~ '.stg_' ~ input_folder(input_declaration(name)) ~ '__' ~ name -%}
    {{ return(runs_nodes() and (staging in selected_resources or not selected_resources)) }}
{%- endmacro %}


{% macro input_declaration(name) -%}
    {%- set seed = graph.nodes.get('seed.' ~ project_name ~ '.' ~ name) -%}
    {{ return(seed or graph.sources['source.' ~ project_name ~ '.inputs.' ~ name]) }}
{%- endmacro %}


{#-
columns[place][column] = type; partitions: those in the names of directories (year=2015), because not every file holds every
declared column.
-#}
{% macro input_stored(name) -%}
    {%- set source = input_source(name) -%}
    {%- set columns = {} -%}
    {%- if source.kind == 'table' -%}
        {%- set found = {} -%}
        {%- for column in adapter.get_columns_in_relation(input_table(name)) -%}
            {%- do found.update({column.name: column.data_type}) -%}
        {%- endfor -%}
        {%- do columns.update({input_label(name): found}) -%}
        {{ return({'columns': columns, 'partitions': []}) }}
    {%- endif -%}
    {%- for file in input_files(name) -%}
        {%- do columns.update({file: {}}) -%}
    {%- endfor -%}
    {#- A nested value has rows of its own below it, which no declared column has. DuckDB says that a decimal of more than 38
        digits is a float, and misreads it: a type of no family. -#}
    {%- for row in run_query(
        "select file_name, name, case when try_cast(precision as integer) > 38 then concat('DECIMAL(', precision, ',', scale, '), of"
        ~ " more than 38 digits') else coalesce(duckdb_type, type, 'nested') end as type from parquet_schema(" ~ sql_text(source.path)
        ~ ") qualify row_number() over (partition by file_name order by column_id) > 1 order by file_name, column_id") -%}
        {%- do columns[row['file_name']].update({row['name']: row['type']}) -%}
    {%- endfor -%}
    {%- set partitions = [] -%}
    {%- for file, held in columns.items() -%}
        {%- for key in modules.re.findall('([^/=]+)=[^/]*/', file) -%}
            {%- if key in input_types(name) and key not in held and key not in partitions -%}
                {%- do partitions.append(key) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({'columns': columns, 'partitions': partitions}) }}
{%- endmacro %}


{% macro input_files(name) -%}
    {%- set path = input_source(name).path -%}
    {%- set said = 'says of ' ~ name ~ ': parquet is ' ~ path ~ ', and ' -%}
    {%- set url = modules.re.match('(?i)(https?|s3[an]?|gcs|gs|r2|hf|oss|az|azure|abfss)://', path) -%}
    {%- if url -%}
        {%- set extension = 'azure' if url.group(1) | lower in ('az', 'azure', 'abfss') else 'httpfs' -%}
        {%- if not run_query("select 1 from duckdb_extensions() where extension_name = '" ~ extension
            ~ "' and (installed or loaded or current_setting('autoinstall_known_extensions'))").rows -%}
            {{ refuse_inputs(said ~ 'DuckDB needs its extension ' ~ extension ~ ', which is not installed, and fetches none'
                ~ ' (config_options: autoinstall_known_extensions in profiles/profiles.yml)') }}
        {%- endif -%}
    {%- endif -%}
    {%- set files = run_query('select file from glob(' ~ sql_text(path) ~ ') order by file') -%}
    {%- if not files.rows -%}
        {{ refuse_inputs(said ~ 'there is no such file' ~ ('' if modules.re.search('[*?\\[]', path)
            else ' (a directory of that name: ' ~ path ~ '/*)')) }}
    {%- endif -%}
    {{ return(files.columns[0].values() | list) }}
{%- endmacro %}

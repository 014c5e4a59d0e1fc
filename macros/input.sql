{#-
The var `inputs` names Parquet files, or a table of the catalog:
    inputs: {trade_flows: {parquet: /data/flows}, country_pairs: {table: lake.public.pairs}}
docs/data.md tells the contract, decision 017 the reasons.
-#}
{% macro input(name) -%}
    {%- set source = input_source(name) -%}
    {%- if source.kind == 'seed' -%}
        {{ seed_rows(name) if execute else ref(name) }}
    {%- elif source.kind == 'file' -%}
        {{ adapter.dispatch('file_rows', 'trade_potential')(name) }}
    {%- elif execute -%}
        (
            select
                {% for column, type in input_types(name).items() -%}
                    {{ input_value(column, type) }} as {{ column }},
                {% endfor -%}
                {% if source.kind == 'parquet' -%}
                    filename as file_name,
                    file_row_number + 1 as file_line
                {%- else -%}
                    cast(null as bigint) as file_line
                {%- endif %}
            from {{ input_rows(name) }}
            {{ 'where false' if flags.EMPTY }}
        ) as {{ name }}
    {%- else -%}
        (select 1) as {{ name }}
    {%- endif -%}
{%- endmacro %}


{% macro row_place(name) -%}
    {{ 'file_name,\n    ' if has_many_files(name) }}file_line
{%- endmacro %}


{#- A seed has rows of one's own beside it. -#}
{% macro has_many_files(name) -%}
    {{ return(input_source(name).kind in ('seed', 'parquet')) }}
{%- endmacro %}


{#- Types are as declared: the plugin has compared them. -#}
{% macro duckdb__file_rows(name) -%}
    (
        select
            {% for column in input_types(name) -%}
                {{ column }},
            {% endfor -%}
            file_row_number + 1 as file_line
        from read_parquet({{ sql_text(duckdb__parquet_path(name, input_label(name))) }})
        {{ 'where false' if flags.EMPTY }}
    ) as {{ name }}
{%- endmacro %}

{% macro default__file_rows(name) -%}
    {{ source('inputs', name) }}
{%- endmacro %}


{% macro input_source(name) -%}
    {%- set given = inputs_given() -%}
    {%- if name not in given -%}
        {{ return({'kind': 'file' if execute and input_declaration(name).resource_type == 'source' else 'seed'}) }}
    {%- endif -%}
    {%- set setting = given[name] -%}
    {%- if setting is not mapping or setting | length != 1 or (setting | first) not in ('parquet', 'table') -%}
        {{ refuse_inputs('says of ' ~ name ~ ': ' ~ tojson(setting, setting | string)
            ~ '; it takes either parquet (a path) or table (a name)') }}
    {%- endif -%}
    {%- set kind = setting | first -%}
    {%- set text = setting[kind] -%}
    {%- if text is not string or not text | trim -%}
        {{ refuse_inputs('says of ' ~ name ~ ': ' ~ kind ~ ' is ' ~ tojson(text, text | string)
            ~ ', not a ' ~ ('path' if kind == 'parquet' else 'name')) }}
    {%- endif -%}
    {%- if kind == 'parquet' -%}
        {{ return({'kind': kind, 'path': adapter.dispatch('parquet_path', 'trade_potential')(name, text)}) }}
    {%- endif -%}
    {%- set parts = text.split('.') -%}
    {%- if parts | length not in (2, 3)
        or not modules.re.fullmatch('[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)+', text) -%}
        {{ refuse_inputs('says of ' ~ name ~ ': table is ' ~ tojson(text)
            ~ ', not schema.table or database.schema.table of letters, digits and underscores') }}
    {%- endif -%}
    {{ return({'kind': kind, 'parts': parts, 'table': text}) }}
{%- endmacro %}


{% macro inputs_given() -%}
    {%- set given = var('inputs') -%}
    {%- if given is not mapping -%}
        {{ refuse_inputs('is ' ~ tojson(given, given | string) ~ ', not a dictionary of inputs') }}
    {%- endif -%}
    {{ return(given) }}
{%- endmacro %}


{% macro refuse_inputs(said) -%}
    {{ exceptions.raise_compiler_error('the var inputs ' ~ said ~ '; correct dbt_project.yml or --vars') }}
{%- endmacro %}


{% macro duckdb__parquet_path(name, text) -%}
    {%- set path = text.rstrip('/') or '/' -%}
    {%- if not path.startswith('/') and '://' not in path -%}
        {%- set path = as_pattern((invocation_args_dict.project_dir | string).rstrip('/')) ~ '/' ~ path -%}
    {%- endif -%}
    {%- if not path.lower().endswith('.parquet') and not modules.re.search('[*?\\[]', text) -%}
        {%- set path = path ~ '/**/*.parquet' -%}
    {%- endif -%}
    {{ return(path) }}
{%- endmacro %}

{% macro default__parquet_path(name, text) -%}
    {{ refuse_inputs('says of ' ~ name ~ ': parquet, which only DuckDB reads, not a target of type ' ~ target.type
        ~ '; load the files into a table and say table') }}
{%- endmacro %}


{% macro input_types(name) -%}
    {%- set types = {} -%}
    {%- if execute and input_declaration(name).resource_type == 'source' -%}
        {%- for column in input_declaration(name).columns.values() -%}
            {%- do types.update({column.name: column.data_type}) -%}
        {%- endfor -%}
    {%- elif execute -%}
        {%- do types.update(input_declaration(name).config.column_types) -%}
    {%- endif -%}
    {{ return(types) }}
{%- endmacro %}


{% macro input_value(column, type) -%}
    {%- set value = 'cast(' ~ column ~ ' as ' ~ adapter.dispatch('input_type', 'trade_potential')(type) ~ ')' -%}
    {{ "nullif(" ~ value ~ ", '')" if type == 'varchar' else value }}
{%- endmacro %}

{% macro default__input_type(type) -%}
    {{ return(type) }}
{%- endmacro %}


{% macro input_rows(name) -%}
    {%- set source = input_source(name) -%}
    {%- if source.kind == 'parquet' -%}
        read_parquet(
            {{ sql_text(source.path) }},
            union_by_name = true,
            hive_partitioning = {{ 'true' if input_stored(name).partitions else 'false' }},
            hive_types_autocast = false
        )
    {%- else -%}
        {{ input_table(name) }}
    {%- endif -%}
{%- endmacro %}


{% macro input_table(name) -%}
    {%- set source = input_source(name) -%}
    {%- set database = source.parts[0] if source.parts | length == 3 else target.database -%}
    {%- set relation = adapter.get_relation(database, source.parts[-2], source.parts[-1]) -%}
    {%- if relation is none -%}
        {{ refuse_inputs('says of ' ~ name ~ ': table is ' ~ source.table ~ ', and there is none') }}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}


{% macro input_label(name) -%}
    {%- set source = input_source(name) -%}
    {%- if source.kind == 'parquet' -%}
        {{ return(source.path) }}
    {%- elif source.kind == 'table' -%}
        {{ return('table ' ~ source.table) }}
    {%- endif -%}
    {%- if not execute -%}
        {{ return(name) }}
    {%- endif -%}
    {%- set path = input_declaration(name).original_file_path -%}
    {{ return(modules.re.sub('[^/]+$', name ~ '.parquet', path) if source.kind == 'file' else path) }}
{%- endmacro %}


{% macro as_pattern(path) -%}
    {{ return(modules.re.sub('([*?\\[])', '[\\1]', path)) }}
{%- endmacro %}


{% macro sql_text(text) -%}
    '{{ text.replace("'", "''") }}'
{%- endmacro %}

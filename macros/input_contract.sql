{#-
Before a run: what the var `inputs` names must be there and keep the contract of the seed it replaces, in every row.
All that does not is told at once, by file or table, row or key, column, value and rule, and nothing is run.
-#}
{% macro check_inputs() -%}
    {%- if execute -%}
        {%- set seeds = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'seed' -%}
            {%- do seeds.append(node.name) -%}
        {%- endfor -%}
        {%- set refused = [] -%}
        {%- for name in inputs_given() -%}
            {%- if name not in seeds -%}
                {{ refuse_inputs('names ' ~ name ~ ', which is none of ' ~ seeds | sort | join(', ')) }}
            {%- endif -%}
            {%- do input_source(name) -%}
            {%- if 'model.' ~ project_name ~ '.stg_' ~ input_folder(name) ~ '__' ~ name in selected_resources -%}
                {%- do refused.extend(input_column_complaints(name) or input_value_complaints(name)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if refused -%}
            {{ exceptions.raise_compiler_error('Rejected before anything was computed:\n    ' ~ refused | join('\n    ')) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- inputs, study or published: the folder of the seed. -#}
{% macro input_folder(name) -%}
    {{ return(graph.nodes['seed.' ~ project_name ~ '.' ~ name].fqn[1]) }}
{%- endmacro %}


{#-
The columns as they are stored: columns[place][column] = type, by file or for the table; partitions: those that stand in the
names of directories (year=2015) instead, because not every file holds every declared column.
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
    {%- set files = run_query('select file from glob(' ~ sql_text(source.path) ~ ') order by file') -%}
    {%- if not files.rows -%}
        {{ refuse_inputs('says of ' ~ name ~ ': parquet is ' ~ source.path ~ ', and there is no such file') }}
    {%- endif -%}
    {%- for file in files.columns[0].values() -%}
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


{#- Columns that are missing, unknown, of another kind of type, or both in a file and in the name of its directory. -#}
{% macro input_column_complaints(name) -%}
    {%- set stored = input_stored(name) -%}
    {%- set said = [] -%}
    {%- for place, held in stored.columns.items() -%}
        {%- set keys = modules.re.findall('([^/=]+)=[^/]*/', place) if stored.partitions else [] -%}
        {%- for column, type in input_types(name).items() -%}
            {%- set where = place ~ ', column ' ~ column ~ ': "' -%}
            {%- if column in held and column in keys -%}
                {%- do said.append(where ~ 'the column stands twice" (rule: a column stands in the files or in the names of'
                    ~ ' their directories)') -%}
            {%- elif column not in held and column not in keys -%}
                {%- do said.append(where ~ 'the column is missing" (rule: the input holds every declared column)') -%}
            {%- elif column in held and not modules.re.fullmatch(input_families()[type].types, held[column] | upper) -%}
                {%- do said.append(where ~ held[column] ~ '" (rule: ' ~ input_families()[type].type_rule ~ ')') -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for column in held if column not in input_types(name) -%}
            {%- do said.append(place ~ ', column ' ~ column
                ~ ': "the column is unknown" (rule: the input holds only declared columns)') -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(said[:20] + (['and ' ~ (said | length - 20) ~ ' complaints more'] if said | length > 20 else [])) }}
{%- endmacro %}


{#- By declared type: the stored types that may hold it, in the names of DuckDB, PostgreSQL and Spark. -#}
{% macro input_families() -%}
    {{ return({
        'integer': {
            'types': 'U?(TINYINT|SMALLINT|INTEGER|INT|BIGINT|HUGEINT)|(DECIMAL|NUMERIC)[(][0-9]+, *0[)]',
            'type_rule': 'the type of a whole number is an integer or a decimal of at most 38 digits without decimals',
            'value_rule': 'a whole number lies below 2147483648'},
        'double': {
            'types': 'U?(TINYINT|SMALLINT|INTEGER|INT|BIGINT|HUGEINT)|(DECIMAL|NUMERIC)([(].*[)])?|DOUBLE( PRECISION)?|FLOAT|REAL',
            'type_rule': 'the type of a number is a float, an integer or a decimal of at most 38 digits',
            'value_rule': 'a number is finite'},
        'varchar': {
            'types': '(VARCHAR|CHARACTER VARYING)([(].*[)])?|TEXT|STRING|ENUM[(].*[)]',
            'type_rule': 'the type of a text is a text',
            'value_rule': 'text is composed Unicode (NFC), without control, invisible or replacement character, and without space at its ends'},
        'boolean': {'types': 'BOOLEAN', 'type_rule': 'the type of a yes or no is a boolean',
            'value_rule': 'the value is true or false'},
        'date': {
            'types': 'DATE|TIMESTAMP(_S|_MS|_NS|_NTZ| WITHOUT TIME ZONE)?',
            'type_rule': 'the type of a date is a date, or a timestamp without time zone at midnight',
            'value_rule': 'a date of the calendar, without a time of the day'},
    }) }}
{%- endmacro %}


{#- Values that the declared type does not hold, or that the form of a seed would not allow: the first 10 of each column. -#}
{% macro input_value_complaints(name) -%}
    {%- set stored = input_stored(name).columns.values() | list -%}
    {%- set of_table = input_source(name).kind == 'table' -%}
    {%- set checks = [] -%}
    {%- for column, type in input_types(name).items() -%}
        {%- set found = [] -%}
        {%- for held in stored if column in held -%}
            {%- do found.append(held[column] | upper) -%}
        {%- endfor -%}
        {%- set condition = adapter.dispatch('input_misfit', 'trade_potential')(column, type, found) -%}
        {%- if condition -%}
            {%- do checks.append((column, condition, input_families()[type].value_rule)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set said = [] -%}
    {%- if checks -%}
        {%- set rows = input_rows(name) -%}
        {%- set query -%}
            {% for column, condition, rule in checks -%}
                select * from (select
                    {% if of_table -%}
                        {{ complaint_key(input_key(name)) }} as place,
                        0 as file_line,
                    {%- else -%}
                        filename as place,
                        file_row_number + 1 as file_line,
                    {%- endif %}
                    '{{ column }}' as column_name,
                    cast({{ column }} as varchar) as misfit,
                    {{ sql_text(rule) }} as rule
                from {{ rows }} {{ 'as stored' if of_table }}
                where {{ condition }}
                order by place, file_line
                limit 11) as misfits_of_{{ column }}
                {{ 'union all' if not loop.last }}
            {% endfor %}
            order by column_name, place, file_line
        {%- endset -%}
        {%- set told = {} -%}
        {%- for row in run_query(in_dialect(query)).rows -%}
            {%- do told.update({row[2]: told.get(row[2], 0) + 1}) -%}
            {%- set place = input_label(name) ~ ', key ' ~ row[0] if of_table else row[0] ~ ', row ' ~ row[1] -%}
            {%- set misfit = '"' ~ row[3][:80] ~ '"' if row[3].isprintable() else tojson(row[3][:80]) -%}
            {%- do said.append(place ~ ', column ' ~ row[2] ~ ': ' ~ misfit ~ ' (rule: ' ~ row[4] ~ ')' if told[row[2]] < 11
                else input_label(name) ~ ', column ' ~ row[2] ~ ': and more') -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(said) }}
{%- endmacro %}


{#- Key columns of an input: those whose uniqueness staging tests. -#}
{% macro input_key(name) -%}
    {%- set staging = 'model.' ~ project_name ~ '.stg_' ~ input_folder(name) ~ '__' ~ name -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'test' and node.attached_node == staging
        and node.test_metadata.name == 'key_is_unique' -%}
        {{ return(node.test_metadata.kwargs.columns) }}
    {%- endfor -%}
{%- endmacro %}


{#-
Condition of the values that do not fit a declared type, given the types they are stored in (none: in the names of
directories, as text); nothing where every value fits.
-#}
{% macro duckdb__input_misfit(column, type, found) -%}
    {%- set stored = found | join(' ') -%}
    {%- if type == 'varchar' -%}
        {%- set text = 'cast(' ~ column ~ ' as varchar)' -%}
        {{ return("regexp_matches(" ~ text ~ ", '^[\\s\\p{Z}]|[\\s\\p{Z}]$|[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\x{FFFD}]') or "
            ~ text ~ " <> nfc_normalize(" ~ text ~ ")") }}
    {%- elif type == 'integer' and not found -%}
        {{ return("not (regexp_full_match(" ~ column ~ ", '-?[0-9]+') and coalesce(try_cast(" ~ column
            ~ " as bigint) between -2147483647 and 2147483647, false))") }}
    {%- elif type == 'double' and (not found or modules.re.search('FLOAT|DOUBLE|REAL', stored)) -%}
        {{ return('not coalesce(isfinite(try_cast(' ~ column ~ ' as double)), ' ~ column ~ ' is null)') }}
    {%- elif type == 'boolean' and not found -%}
        {{ return('lower(' ~ column ~ ") not in ('true', 'false')") }}
    {%- elif type == 'date' -%}
        {{ return(
            "not (regexp_full_match(" ~ column ~ ", '[0-9]{4}-[0-9]{2}-[0-9]{2}') and try_cast(" ~ column ~ " as date) is not null)"
            if not found else 'not isfinite(' ~ column ~ ')'
            ~ (' or ' ~ column ~ " <> date_trunc('day', " ~ column ~ ')' if 'TIMESTAMP' in stored else '')) }}
    {%- endif -%}
    {{ return(trade_potential.default__input_misfit(column, type, found) if type == 'integer' else '') }}
{%- endmacro %}

{% macro default__input_misfit(column, type, found) -%}
    {%- if type == 'varchar' -%}
        {{ return('trim(' ~ column ~ ') <> ' ~ column) }}
    {%- elif type == 'integer' and modules.re.search('BIG|HUGE|UINT|DEC|NUM', found | join(' ')) -%}
        {{ return(column ~ ' not between -2147483647 and 2147483647') }}
    {%- elif type == 'double' -%}
        {{ return(column ~ ' is not null and ' ~ is_absent(column)) }}
    {%- elif type == 'date' and 'TIMESTAMP' in found | join(' ') -%}
        {{ return(column ~ ' <> cast(cast(' ~ column ~ ' as date) as timestamp)') }}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}

{#-
Sums over the md5 of each row. Columns are taken as text, in the order of their names, each with its length before it. Finds what has
changed; it is no proof against whoever looks for two tables of one sum.
-#}
{% macro row_digest(rows, columns) -%}
    {%- set cells = [] -%}
    {%- for column in columns | sort -%}
        {%- set text = 'cast("' ~ column ~ '" as varchar)' -%}
        {%- do cells.append("coalesce(cast(length(" ~ text ~ ") as varchar) || ':' || " ~ text ~ ", '-')") -%}
    {%- endfor -%}
    {%- set parts = [] -%}
    {%- for first in (1, 8, 15, 22) -%}
        {%- set digits = [] -%}
        {%- for place in range(7) -%}
            {%- do digits.append("strpos('123456789abcdef', substr(digest, " ~ (first + place) ~ ", 1)) * " ~ 16 ** place) -%}
        {%- endfor -%}
        {%- do parts.append("coalesce(cast(sum(" ~ digits | join(' + ') ~ ") as varchar), '0')") -%}
    {%- endfor -%}
    {%- set sql = "select count(*) as row_count, " ~ parts | join(" || '-' || ") ~ " as checksum from (select md5("
        ~ cells | join(" || ',' || ") ~ ") as digest from " ~ rows ~ ") as digests" -%}
    {%- set found = run_query(in_dialect(sql)).rows[0] -%}
    {{ return([found[0] | int, found[1] | string]) }}
{%- endmacro %}

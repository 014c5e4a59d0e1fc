-- A figure that differs from the print says why, one that is not reproducible what would settle it.
-- Told and no more: a comparison with one study must not keep others from being published.
{{ config(severity='warn') }}

select
    {{ complaint_of(
        key="replication_id || ', ' || exhibit || ', ' || row_label || ', ' || column_label",
        value='status',
        rule=sql_text(
            'a row of ' ~ input_label('replication_reasons')
            ~ ' says why, and for not_reproducible what would settle it'
        )
    ) }}
from {{ ref('rpt_replication') }}
where
    status not in ('exact_to_print', 'not_comparable')
    and (why is null or (status = 'not_reproducible' and settled_by is null))

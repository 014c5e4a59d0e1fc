-- A vintage override names a specification of its kind; any other would silently do nothing.
select
    {{ complaint_of(
        file='overrides.file_name', line='overrides.file_line',
        key="overrides.spec_kind || ', ' || overrides.spec_id || ', ' || overrides.indicator_code",
        column="'spec_id'", value='overrides.spec_id',
        rule="'the value is a specification of its spec_kind'"
    ) }}
from {{ ref('stg_study__vintage_overrides') }} as overrides
left join {{ ref('stg_study__index_specifications') }} as indices
    on overrides.spec_kind = 'index' and overrides.spec_id = indices.index_spec_id
left join {{ ref('stg_study__gravity_specifications') }} as gravity
    on overrides.spec_kind = 'gravity' and overrides.spec_id = gravity.spec_id
where indices.index_spec_id is null and gravity.spec_id is null

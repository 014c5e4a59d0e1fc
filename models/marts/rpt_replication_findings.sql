-- What was found out about the study, each with the number that shows it; nothing where no
-- replication of it runs.
select
    findings.finding_id,
    findings.finding,
    findings.measure,
    findings.comparison,
    findings.unit,
    cast(findings.position as integer) as position,
    measures.measured_value,
    findings.threshold,
    case
        when measures.measured_value is null then 'not_measured'
        when
            case findings.comparison
                when '<=' then measures.measured_value <= findings.threshold * (1 + 1e-9)
                when '>=' then measures.measured_value >= findings.threshold * (1 - 1e-9)
            end
            then 'confirmed'
        else 'refuted'
    end as verdict
from {{ ref('stg_published__replication_findings') }} as findings
left join {{ ref('int_replication__measures') }} as measures
    on findings.finding_id = measures.finding_id
where
    exists (select 1 from {{ ref('int_replication__runs') }})
    and {{ gate_is_open() }}

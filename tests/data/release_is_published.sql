-- A release that could not be published fails the build; the one before stays current. Skipped is none that was asked for.
select complaint from {{ ref('publish_release') }}
where status not in ('published', 'skipped')

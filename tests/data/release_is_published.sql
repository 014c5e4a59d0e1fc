-- A release that could not be published fails the build; the one before stays current.
-- A part of a build skips the publish, which is no failure.
select {{ complaint_of(value='complaint', rule="'a release can be published'") }}
from {{ ref('publish_release') }}
where status not in ('published', 'skipped')

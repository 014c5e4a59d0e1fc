-- A release that could not be published fails the build; the one before stays current.
select complaint from {{ ref('publish_release') }}
where status <> 'published'

-- Stops the release: every column of a report that its second computation does not confirm.
{{ audit_complaints('est_audit_reports') }}

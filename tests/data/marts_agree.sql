-- Stops the release: every column of a mart that its second computation does not confirm.
{{ audit_complaints('est_audit_marts') }}

-- Stops the release: every column of the answers that its second computation does not confirm.
{{ audit_complaints('est_audit_answers') }}

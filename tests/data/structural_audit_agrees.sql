-- Stops the answers: every number of a world estimate that its second computation does not confirm.
{{ audit_complaints('est_audit_structural') }}

-- Stops the potential: every published number that its second computation does not confirm.
{{ audit_complaints('est_audit') }}

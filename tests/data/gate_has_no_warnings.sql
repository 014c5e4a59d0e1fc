-- Tells of failed expectations of severity warning; nothing stops.
{{ config(severity='warn') }}

{{ gate_failures('warning') }}

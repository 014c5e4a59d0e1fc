{{ gravity_sample('lost_step is null') }}

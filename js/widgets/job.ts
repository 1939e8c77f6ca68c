/** anywidget entry of `heplens.widgets.job_view.JobView`. */

import { widget, type Model } from './anywidget';
import type { JobState } from './jobMessages';
import { JobStore } from './jobStore';
import { mountJob } from './jobView';

export default widget(
  'heplens.job',
  (model: Model<JobState>) => new JobStore(model),
  mountJob
);

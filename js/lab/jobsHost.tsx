/** The list of jobs as a widget of JupyterLab. */

import type { Message } from '@lumino/messaging';
import type { ComponentChild } from 'preact';

import { JobsList } from '../components/jobsList';
import type { JobLine, JobsModel } from '../components/jobsModel';
import { Host } from './host';

export class JobsHost extends Host {
  constructor(
    private model: JobsModel,
    private onInsert: (line: JobLine) => void,
    private onPanes: (dashboard: string) => boolean,
    private onShown: () => void
  ) {
    super();
    this.addClass('heplens-jobs-host');
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.onShown();
  }

  protected view(): ComponentChild {
    return (
      <JobsList
        model={this.model}
        onInsert={this.onInsert}
        onPanes={this.onPanes}
      />
    );
  }
}

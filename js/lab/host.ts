/** A Lumino widget that holds a Preact component: the seam between JupyterLab's shell and our components. */

import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { render, type ComponentChild } from 'preact';

export abstract class Host extends Widget {
  constructor() {
    super();
    this.addClass('heplens-host');
    this.node.tabIndex = -1;
  }

  /** What is shown now. */
  protected abstract view(): ComponentChild;

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.update();
  }

  protected override onUpdateRequest(msg: Message): void {
    super.onUpdateRequest(msg);
    if (this.isAttached) {
      render(this.view(), this.node);
    }
  }

  protected override onBeforeDetach(msg: Message): void {
    render(null, this.node);
    super.onBeforeDetach(msg);
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    (
      this.node.querySelector<HTMLElement>('[role="tree"]') ?? this.node
    ).focus();
  }
}

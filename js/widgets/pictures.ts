/** The picture of the plots that a saved notebook shows without a kernel. */

import type { Store } from './store';

export class Pictures {
  private kept = '';

  constructor(private readonly store: Store) {}

  /** Keep one in the notebook; of each revision one is enough, unless it is looked at in another way. */
  keep(draw: () => Promise<ArrayBuffer | null>): void {
    const { store } = this;
    const { revision, log, region } = store.state;
    const shown = JSON.stringify([revision, log, region]);
    if (store.dead || !store.settled || this.kept === shown) {
      return;
    }
    this.kept = shown;
    this.send(draw, revision).catch(() => (this.kept = ''));
  }

  private async send(
    draw: () => Promise<ArrayBuffer | null>,
    revision: number
  ): Promise<void> {
    const { requests } = this.store;
    const png = await draw();
    const { settled, state } = this.store;
    if (!png || !settled) {
      // Out of sight, or a handle has been taken hold of meanwhile: another view, or a later time, may draw it.
      this.kept = '';
    } else if (revision === state.revision) {
      const request = { kind: 'picture' as const, revision };
      await requests.ask('accepted', request, undefined, { buffers: [png] });
    }
  }
}

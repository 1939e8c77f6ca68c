/** The ROOT browser as a widget of JupyterLab, for the sidebar (many files) and the document (one). */

import type { ComponentChild } from 'preact';

import {
  Browser,
  type EntryAction,
  type Place
} from '../components/browser/browser';
import type { Entry } from '../components/browser/entries';
import { TreeModel } from '../components/browser/model';
import { PreviewModel } from '../components/browser/previewModel';
import { Host } from './host';
import type { Source } from '../components/browser/listing';

export interface BrowserOptions {
  source: Source;
  label: string;
  single: boolean;
  actions: EntryAction[];
  onActivate?(entry: Entry): void;
  onDrag?(entries: Entry[], event: PointerEvent): void;
}

export class BrowserHost extends Host {
  readonly model: TreeModel;

  constructor(private options: BrowserOptions) {
    super();
    this.model = new TreeModel(options.source, options.single);
    this._preview = new PreviewModel(options.source);
  }

  /** Show these files (null: those that are known), or say why there is nothing to show. */
  show_(place: Place, roots: Entry[] | null): void {
    this._place = place;
    if (roots !== null) {
      this.model.setRoots(roots);
    }
    this.update();
  }

  protected view(): ComponentChild {
    return (
      <Browser
        model={this.model}
        preview={this._preview}
        place={this._place}
        label={this.options.label}
        actions={this.options.actions}
        onActivate={this.options.onActivate}
        onDrag={this.options.onDrag}
      />
    );
  }

  private _preview: PreviewModel;
  private _place: Place = {
    status: 'loading',
    message: 'Looking for ROOT files …'
  };
}

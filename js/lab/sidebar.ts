/** The ROOT files of one folder, in the left sidebar. */

import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import {
  folderIcon,
  refreshIcon,
  SidePanel,
  ToolbarButton
} from '@jupyterlab/ui-components';
import { Panel, Widget } from '@lumino/widgets';

import { fileEntry, type Entry } from '../components/browser/entries';
import { BrowserHost, type BrowserOptions } from './browserHost';
import { heplensIcon } from './icons';
import { isRootName } from './names';

export class Sidebar extends SidePanel {
  readonly browser: BrowserHost;

  constructor(
    private contents: Contents.IManager,
    options: Omit<BrowserOptions, 'single' | 'label'> & { onOpenPath(): void }
  ) {
    super({ content: new Panel() });
    this.id = 'heplens-sidebar';
    this.addClass('heplens-Sidebar');
    this.title.icon = heplensIcon;
    this.title.caption = 'ROOT files (heplens)';
    this._folder = new Widget();
    this._folder.addClass('heplens-folder');
    this.toolbar.addItem('folder', this._folder);
    this.toolbar.addItem(
      'open',
      new ToolbarButton({
        icon: folderIcon,
        tooltip: 'Open a ROOT file by its path',
        onClick: options.onOpenPath
      })
    );
    this.toolbar.addItem(
      'refresh',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: 'Read the folder and its open files again',
        onClick: () => this.refresh()
      })
    );
    this.browser = new BrowserHost({
      ...options,
      single: false,
      label: 'ROOT files'
    });
    this.content.addWidget(this.browser);
  }

  /** The folder that is shown, as the contents manager names it. */
  get folder(): string {
    return this._path;
  }

  /** Show the ROOT files of this folder; nothing that runs, nothing that reads the files themselves. */
  async follow(path: string): Promise<void> {
    const turn = ++this._turn;
    if (path !== this._path || this._turn === 1) {
      this._path = path;
      const name = PathExt.basename(this.contents.localPath(path));
      this._folder.node.textContent = name === '' ? 'ROOT files' : name;
      this._folder.node.title = `/${this.contents.localPath(path)}`;
      this.browser.show_(
        { status: 'loading', message: 'Looking for ROOT files …' },
        []
      );
    }
    try {
      const folder = await this.contents.get(path, { content: true });
      if (turn === this._turn) {
        this.browser.show_(
          { status: 'ready', message: 'No ROOT files in this folder.' },
          this._entries(folder.content as Contents.IModel[])
        );
      }
    } catch (error) {
      if (turn === this._turn) {
        this.browser.show_(
          {
            status: 'failed',
            message: `The folder cannot be read. ${error instanceof Error ? error.message : ''}`
          },
          []
        );
      }
    }
  }

  /** Read the folder and what is open in it again. */
  refresh(): void {
    this.browser.model.refresh();
    void this.follow(this._path);
  }

  private _entries(items: Contents.IModel[]): Entry[] {
    return items
      .filter(item => item.type !== 'directory' && isRootName(item.name))
      .sort((a, b) =>
        a.name.localeCompare(b.name, undefined, { numeric: true })
      )
      .map(item =>
        fileEntry(
          this.contents.localPath(item.path),
          item.name,
          item.size ?? null,
          `${item.last_modified} ${item.size ?? ''}`
        )
      );
  }

  private _folder: Widget;
  private _path = '';
  private _turn = 0;
}

/** The sidebar shows the folder that the file browser shows, as long as the settings want it. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import { isRootName } from './names';
import type { Sidebar } from './sidebar';

export async function followFiles(
  app: JupyterFrontEnd,
  sidebar: Sidebar,
  files: IDefaultFileBrowser | null,
  notebooks: INotebookTracker | null,
  loading: Promise<ISettingRegistry.ISettings | null> | null
): Promise<void> {
  // Notebook 7 makes a file browser beside a notebook as well, but shows it nowhere.
  await app.restored;
  if (!files?.isAttached) {
    return followNotebook(sidebar, notebooks);
  }
  const { model } = files;
  const settings = await loading;
  const wanted = () => settings?.composite.followFileBrowser !== false;

  // The file browser looks at its folder every few seconds. We ask the server only if its ROOT files changed.
  const signature = () =>
    [...model.items()]
      .filter(item => isRootName(item.name))
      .map(item => `${item.path} ${item.last_modified} ${item.size ?? ''}`)
      .join('\n');
  let seen = '';
  const look = () => {
    const moved = wanted() && model.path !== sidebar.folder;
    const changed = model.path === sidebar.folder && signature() !== seen;
    if (moved || changed) {
      seen = signature();
      void sidebar.follow(model.path);
    }
  };

  await model.restored;
  seen = signature();
  void sidebar.follow(model.path);
  model.pathChanged.connect(look);
  model.refreshed.connect(look);
  settings?.changed.connect(look);
}

/** Where no file browser is shown: the folder of the notebook. */
function followNotebook(
  sidebar: Sidebar,
  notebooks: INotebookTracker | null
): Promise<void> {
  const folder = () => {
    const path = notebooks?.currentWidget?.context.path;
    return path === undefined ? '' : PathExt.dirname(path);
  };
  notebooks?.currentChanged.connect(() => void sidebar.follow(folder()));
  return sidebar.follow(folder());
}

/** The sidebar shows the folder that the file browser shows, as long as the settings want it. */

import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import { isRootName } from './names';
import type { Sidebar } from './sidebar';

const PLUGIN = 'heplens:plugin';

export async function followFiles(
  sidebar: Sidebar,
  files: IDefaultFileBrowser | null,
  registry: ISettingRegistry | null
): Promise<void> {
  if (!files) {
    return sidebar.follow('');
  }
  const { model } = files;
  const settings = await registry?.load(PLUGIN).catch(() => null);
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

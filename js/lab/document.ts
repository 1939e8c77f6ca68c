/** `.root` files as documents: JupyterLab opens them, the server reads them in place, nothing is downloaded. */

import type { ISharedFile } from '@jupyter/ydoc';
import {
  ABCWidgetFactory,
  type DocumentRegistry,
  DocumentWidget,
  TextModelFactory
} from '@jupyterlab/docregistry';
import { PathExt } from '@jupyterlab/coreutils';
import { type Contents, ServerConnection } from '@jupyterlab/services';
import { refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';

import { fileEntry } from '../components/browser/entries';
import { BrowserHost, type BrowserOptions } from './browserHost';
import { rootFileIcon } from './icons';
import { ROOT_PATTERN } from './names';

export const FACTORY = 'ROOT Viewer';

/** Milliseconds between looks at whether a file that is shown has changed. */
const EVERY = 5000;

export const rootFileType: DocumentRegistry.IFileType = {
  name: 'root',
  displayName: 'ROOT File',
  extensions: ['.root'],
  pattern: ROOT_PATTERN,
  mimeTypes: ['application/x-root'],
  fileFormat: 'base64',
  contentType: 'file',
  icon: rootFileIcon
};

/** Models of documents whose content stays where it is. */
export class NoContentModelFactory extends TextModelFactory {
  override get name(): string {
    return 'heplens-no-content';
  }

  /** null: the context asks the server about the file, not for it. */
  override get fileFormat(): Contents.FileFormat {
    return null;
  }

  /** A context neither saves what is collaborative, nor has the server copy it as a checkpoint. */
  override createNew(
    options?: DocumentRegistry.IModelOptions<ISharedFile>
  ): DocumentRegistry.ICodeModel {
    const model = super.createNew(options);
    Object.defineProperty(model, 'collaborative', { value: true });
    return model;
  }
}

export type RootDocument = DocumentWidget<BrowserHost>;

export class RootViewerFactory extends ABCWidgetFactory<RootDocument> {
  constructor(
    private contents: Contents.IManager,
    private browser: Omit<BrowserOptions, 'single' | 'label'>
  ) {
    super({
      name: FACTORY,
      modelName: 'heplens-no-content',
      fileTypes: [rootFileType.name],
      defaultFor: [rootFileType.name],
      readOnly: true
    });
  }

  protected createNewWidget(context: DocumentRegistry.Context): RootDocument {
    const content = new BrowserHost({
      ...this.browser,
      single: true,
      label: 'Contents of the file'
    });
    const name = () => PathExt.basename(context.localPath);
    const show = (file: Contents.IModel | null) =>
      content.show_({ status: 'ready', message: '' }, [
        fileEntry(
          context.localPath,
          name(),
          file?.size ?? null,
          `${file?.last_modified ?? ''} ${file?.size ?? ''}`
        )
      ]);
    // The file may be moved, written again or deleted while it is open. Looking at it does not read it.
    const look = async () => {
      try {
        show(await this.contents.get(context.path, { content: false }));
      } catch (error) {
        const gone =
          error instanceof ServerConnection.ResponseError &&
          error.response.status === 404;
        if (gone) {
          const message = `“${name()}” is no longer there: it was deleted or moved.`;
          content.show_({ status: 'failed', message }, null);
        }
      }
    };
    void context.ready.then(look);
    context.pathChanged.connect(() => void look());
    context.fileChanged.connect(() => void look());
    const timer = setInterval(() => {
      if (content.isVisible && !document.hidden) {
        void look();
      }
    }, EVERY);
    content.disposed.connect(() => clearInterval(timer));
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = rootFileIcon;
    widget.toolbar.addItem(
      'refresh',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: 'Read the file again',
        onClick: () => content.model.refresh()
      })
    );
    return widget;
  }
}

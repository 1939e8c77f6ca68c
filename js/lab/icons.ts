/** Our pictures in JupyterLab's own form, so that they follow its themes. */

import { LabIcon } from '@jupyterlab/ui-components';

import heplens from '../../style/icons/heplens.svg';
import rootFile from '../../style/icons/root-file.svg';

export const heplensIcon = new LabIcon({
  name: 'heplens:heplens',
  svgstr: heplens
});

export const rootFileIcon = new LabIcon({
  name: 'heplens:root-file',
  svgstr: rootFile
});

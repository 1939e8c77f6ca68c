/** The JupyterLab plugins of heplens. */
import { plugin } from './plugin';

export default [plugin];

/** anywidget entry of `heplens.widgets.Explorer`. */

import { widget, type Model } from './anywidget';
import type { State } from './messages';
import { Store } from './store';
import { mount } from './view';

export default widget(
  'heplens.explore',
  (model: Model<State>) => new Store(model),
  mount
);

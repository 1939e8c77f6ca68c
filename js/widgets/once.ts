/** anywidget loads a module of its own for every model; all of them use the functions of the first. */

/** Which bundle this is; `heplens.widgets.bundle` writes it in front of the module. */
declare const HEPLENS_BUNDLE: string;

/**
 * The widget that the page has under this name already, or this one: twenty runs of a cell do not leave twenty compiled
 * copies behind, because what is never called is never compiled.
 */
export function once<Widget>(name: string, widget: Widget): Widget {
  const page = globalThis as unknown as Record<
    symbol,
    Map<string, Widget> | undefined
  >;
  const widgets = (page[Symbol.for(name)] ??= new Map());
  const first = widgets.get(HEPLENS_BUNDLE) ?? widget;
  widgets.set(HEPLENS_BUNDLE, first);
  return first;
}

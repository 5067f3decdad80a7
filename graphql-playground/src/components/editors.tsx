import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useCallback, useEffect, useRef } from 'react';
import type { Operation } from '../config';
import { fill, lookUp, placeholdersIn, unfilledIn } from '../placeholders';
import { usePlayground } from '../playground';
import { useValue } from '../store';

/** Fills in what can be filled in and returns the text. */
function useFill(): (text: string) => Promise<string> {
  const { config, sessions } = usePlayground();
  return useCallback(
    async (text) => {
      const names = placeholdersIn(text);
      return names.length ? fill(text, await lookUp(config.graphqlPath, sessions, names)) : text;
    },
    [config, sessions],
  );
}

/** Opens an example in a tab, or goes to the tab that has it, with its variables filled in. */
export function useOpenExample(): (operation: Operation) => Promise<void> {
  const { queryEditor, variableEditor, tabs } = useGraphiQL(({ queryEditor, variableEditor, tabs }) => ({
    queryEditor,
    variableEditor,
    tabs,
  }));
  const { addTab, changeTab, stop, updateActiveTabValues } = useGraphiQLActions();
  const fillIn = useFill();

  return async ({ query, variables }) => {
    const text = await fillIn(variables ?? '');
    const opened = tabs.findIndex((tab) => tab.query === query);
    stop();
    if (opened >= 0) changeTab(opened);
    else addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(text);
    updateActiveTabValues({ query, variables: text });
  };
}

/** Placeholders that waited for someone to sign in are filled in when someone does. */
export function FillVariables() {
  const { sessions } = usePlayground();
  const { current } = useValue(sessions.store);
  const { tab, variableEditor } = useGraphiQL(({ tabs, activeTabIndex, variableEditor }) => ({
    tab: tabs[activeTabIndex]?.id,
    variableEditor,
  }));
  const { updateActiveTabValues } = useGraphiQLActions();
  const fillIn = useFill();

  useEffect(() => {
    const text = variableEditor?.getValue() ?? '';
    if (current === null || !unfilledIn(text).length) return;
    void fillIn(text).then((filled) => {
      if (filled === text || variableEditor?.getValue() !== text) return; // nothing found, or edited meanwhile
      variableEditor.setValue(filled);
      updateActiveTabValues({ variables: filled });
    });
  }, [current, tab, variableEditor, fillIn, updateActiveTabValues]);
  return null;
}

/** Long lines of comments and descriptions wrap instead of running out of sight. */
export function EditorLook() {
  const editors = useGraphiQL(({ queryEditor, variableEditor, headerEditor, responseEditor }) => ({
    queryEditor,
    variableEditor,
    headerEditor,
    responseEditor,
  }));
  useEffect(() => {
    for (const editor of Object.values(editors)) editor?.updateOptions({ fontSize: 14 });
    editors.queryEditor?.updateOptions({ wordWrap: 'on' });
  }, [editors]);
  return null;
}

/** A subscription writes into the tab that is in front, so it ends when another tab comes to the front. */
export function StopOnOtherTab() {
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id);
  const { stop } = useGraphiQLActions();
  const previous = useRef(tab);

  useEffect(() => {
    if (previous.current !== tab) stop();
    previous.current = tab;
  }, [tab, stop]);
  return null;
}

import { GraphiQL, GraphiQLInterface, HISTORY_PLUGIN } from 'graphiql';
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { HistoryStore } from '@graphiql/plugin-history';
import { GraphiQLProvider, useMonaco } from '@graphiql/react';
import type { ReactNode } from 'react';
import { ActivityLine } from './components/activity-line';
import { Bar } from './components/bar';
import { EXAMPLES_PLUGIN } from './components/examples';
import { EditorLook, FillVariables, StopOnOtherTab } from './components/editors';
import { EDITOR_THEMES, defineEditorThemes } from './editor-themes';
import { PlaygroundContext, type Playground } from './playground';
import { tabStorage } from './tab-storage';
import welcome from './welcome.graphql?raw';

const PLUGINS = [DOC_EXPLORER_PLUGIN, EXAMPLES_PLUGIN, HISTORY_PLUGIN];

export function App({ playground }: { playground: Playground }) {
  return (
    <PlaygroundContext value={playground}>
      <GraphiQLProvider
        fetcher={playground.fetcher}
        plugins={PLUGINS}
        referencePlugin={DOC_EXPLORER_PLUGIN}
        visiblePlugin={EXAMPLES_PLUGIN}
        defaultQuery={welcome}
        storage={tabStorage}
        editorTheme={EDITOR_THEMES}
        inputValueDeprecation
        schemaDescription
      >
        <HistoryStore>
          <DocExplorerStore>
            <Themed>
              <Bar />
              <GraphiQLInterface defaultEditorToolsVisibility="variables" showPersistHeadersSettings={false}>
                <GraphiQL.Logo>{null}</GraphiQL.Logo>
                <GraphiQL.Footer>
                  <ActivityLine />
                </GraphiQL.Footer>
              </GraphiQLInterface>
              <FillVariables />
              <EditorLook />
              <StopOnOtherTab />
            </Themed>
          </DocExplorerStore>
        </HistoryStore>
      </GraphiQLProvider>
    </PlaygroundContext>
  );
}

/** The editors ask for their theme by name as soon as they are there, so it is made known just before. */
function Themed({ children }: { children: ReactNode }) {
  const monaco = useMonaco((state) => state.monaco);
  if (monaco) defineEditorThemes(monaco);
  return children;
}

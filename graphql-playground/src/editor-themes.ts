/** The colours of code. Those of everything else are in `styles/`. */

import type * as Monaco from 'monaco-editor';

interface Palette {
  base: 'vs' | 'vs-dark';
  accent: string;
  panel: string;
  keyword: string;
  type: string;
  argument: string;
  text: string;
  number: string;
  comment: string;
  plain: string;
}

const LIGHT: Palette = {
  base: 'vs',
  accent: '#0f766e',
  panel: '#ffffff',
  keyword: '#9d2d6b',
  type: '#a15c07',
  argument: '#3b5bb5',
  text: '#0f766e',
  number: '#b4420d',
  comment: '#7b8794',
  plain: '#25323f',
};

const DARK: Palette = {
  base: 'vs-dark',
  accent: '#4fd1bd',
  panel: '#1b2530',
  keyword: '#f28cbc',
  type: '#f3bd6b',
  argument: '#9db8ff',
  text: '#62d6c3',
  number: '#f7a072',
  comment: '#75879a',
  plain: '#dbe4ec',
};

export const EDITOR_THEMES = { light: 'backchannel-light', dark: 'backchannel-dark' };

let defined = false;

export function defineEditorThemes(monaco: typeof Monaco): void {
  if (defined) return;
  defined = true;
  monaco.editor.defineTheme(EDITOR_THEMES.light, theme(LIGHT));
  monaco.editor.defineTheme(EDITOR_THEMES.dark, theme(DARK));
}

function theme(palette: Palette): Monaco.editor.IStandaloneThemeData {
  return { base: palette.base, inherit: true, rules: rules(palette), colors: colors(palette) };
}

function rules(palette: Palette) {
  const rule = (token: string, color: string) => ({ token, foreground: color.slice(1) });
  return [
    rule('', palette.plain),
    rule('keyword', palette.keyword),
    rule('key.identifier.gql', palette.plain),
    rule('type.identifier.gql', palette.type),
    rule('argument.identifier.gql', palette.argument),
    rule('annotation.gql', palette.keyword),
    rule('string', palette.text),
    rule('number', palette.number),
    rule('comment', palette.comment),
    rule('string.key.json', palette.argument),
    rule('string.value.json', palette.text),
    rule('keyword.json', palette.keyword),
  ];
}

function colors({ accent, panel, plain }: Palette): Record<string, string> {
  const faint = `${accent}22`;
  return {
    'editor.background': '#00000000',
    'editor.foreground': plain,
    'editor.selectionBackground': `${accent}33`,
    'editorCursor.foreground': accent,
    // Brackets are plain: colouring pairs is for deeper nesting than queries have.
    'editorBracketHighlight.foreground1': plain,
    'editorBracketHighlight.foreground2': plain,
    'editorBracketHighlight.foreground3': plain,
    'editorLineNumber.foreground': `${plain}55`,
    'editorHoverWidget.background': panel,
    'editorSuggestWidget.background': panel,
    'editorSuggestWidget.selectedBackground': faint,
    'editorSuggestWidget.selectedForeground': plain,
    'editorSuggestWidget.highlightForeground': accent,
    'editorSuggestWidget.focusHighlightForeground': accent,
    'editorWidget.background': panel,
    'editorWidget.resizeBorder': accent,
    'editorLink.activeForeground': accent,
    'textLink.foreground': accent,
    'textLink.activeForeground': accent,
    'list.hoverBackground': faint,
    'list.highlightForeground': accent,
    'menu.background': panel,
    'menu.selectionBackground': faint,
    'menu.selectionForeground': plain,
    'quickInput.background': panel,
    'quickInputList.focusBackground': faint,
    'quickInputList.focusForeground': plain,
    'input.background': `${plain}11`,
    'scrollbarSlider.background': `${plain}22`,
    'scrollbarSlider.hoverBackground': `${plain}38`,
    'scrollbarSlider.activeBackground': `${plain}50`,
    'editorIndentGuide.background1': `${plain}18`,
    'editorIndentGuide.activeBackground1': `${plain}40`,
    'scrollbar.shadow': '#00000000',
    focusBorder: accent,
  };
}

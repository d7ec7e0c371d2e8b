// The page's look: near Grafana's dark theme, plain, with fonts that every machine has. Nothing is fetched.
import { theme } from './look/colors.mjs';

export const style = `
* { box-sizing: border-box; }
body { margin: 0; background: ${theme.page}; color: ${theme.text}; font: 13px/1.4 Inter, Roboto, "DejaVu Sans Condensed", "DejaVu Sans", sans-serif; }
svg { display: block; }
svg text { font-family: inherit; }
a { color: #6e9fff; text-decoration: none; }
a:hover { text-decoration: underline; }
.notice { background: #fade2a; color: #111217; font-weight: 600; padding: 3px 16px; text-align: center; }
header { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: baseline; padding: 8px 16px 6px; }
header h1 { font-size: 18px; font-weight: 500; margin: 0; }
header .time { margin-left: auto; color: ${theme.faint}; }
.variables { display: flex; flex-wrap: wrap; gap: 6px 14px; padding: 0 16px 8px; color: ${theme.faint}; }
.variables b { color: ${theme.text}; font-weight: 500; }
.variables select, .variables input, .variables button {
  background: ${theme.panel}; color: ${theme.text}; border: 1px solid ${theme.border}; font: inherit; padding: 2px 6px; }
main { position: relative; margin: 0 16px 16px; }
.panel { position: absolute; background: ${theme.panel}; border: 1px solid ${theme.border}; border-radius: 3px; overflow: hidden; }
.panel h2 { font-size: 13px; font-weight: 500; margin: 0; padding: 7px 8px 0; height: 28px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.panel .body { padding: 4px 8px 6px; position: relative; }
.panel h2 a { color: inherit; }
.row { position: absolute; display: flex; align-items: center; font-size: 15px; font-weight: 500; padding: 0 4px; }
.row span { color: ${theme.faint}; font-size: 12px; padding-left: 8px; }
.tick { font-size: 11px; fill: ${theme.faint}; }
.nothing { display: flex; height: 100%; align-items: center; justify-content: center; color: ${theme.faint}; font-size: 15px; text-align: center; }
.error { border: 2px solid #f2495c; color: #ffa6b0; padding: 6px 8px; white-space: pre-wrap; overflow: auto; height: 100%; font-size: 12px; }
.legendbox { overflow: hidden; }
.legend { font-size: 12px; }
div.legend { display: flex; flex-wrap: wrap; align-content: flex-start; }
div.legend span { padding: 2px 14px 2px 0; line-height: 20px; max-width: 100%; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.legend i { display: inline-block; width: 14px; height: 4px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
.legend b { font-weight: 400; color: ${theme.faint}; padding-left: 8px; }
table.legend { border-collapse: collapse; width: 100%; }
table.legend td, table.legend th { text-align: left; font-weight: 400; padding: 1px 6px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 320px; }
.number { text-align: right !important; }
.beside { display: flex; gap: 8px; }
.scroll { overflow: auto; scrollbar-width: none; }
table.data { border-collapse: collapse; table-layout: fixed; font-size: 13px; }
table.data th { text-align: left; color: #6e9fff; font-weight: 500; height: 30px; border-bottom: 1px solid ${theme.border}; }
table.data td, table.data th { padding: 0 7px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
table.data td { border-bottom: 1px solid ${theme.border}; }
table.data td a { color: #6e9fff; }
table.data td.none { text-align: center; color: ${theme.faint}; height: 44px; }
.bar { display: flex; align-items: center; gap: 8px; }
.bar > div { flex: 1; height: 12px; background: ${theme.grid}; }
.bar i { display: block; height: 12px; opacity: .8; }
.more { position: absolute; right: 10px; bottom: 2px; background: #34373f; color: ${theme.text}; font-size: 11px; padding: 0 8px; border-radius: 8px; }
.markdown { overflow: hidden; }
.markdown p, .markdown ul, .markdown ol { margin: 0 0 6px; }
.markdown h1, .markdown h2, .markdown h3 { margin: 0 0 4px; padding: 0; font-size: 15px; height: auto; white-space: normal; }
.markdown code { background: ${theme.grid}; padding: 0 3px; }
.markdown table { border-collapse: collapse; }
.markdown td, .markdown th { padding: 1px 10px 1px 0; text-align: left; }
.alerts { list-style: none; margin: 0; padding: 0; }
.alerts li { border-left: 4px solid; padding: 2px 8px; margin-bottom: 4px; }
.alerts span { color: ${theme.faint}; }
.index { list-style: none; margin: 0 0 16px; padding: 8px 16px; columns: 2; max-width: 1100px; }
.index li { break-inside: avoid; padding: 4px 0; }
`;

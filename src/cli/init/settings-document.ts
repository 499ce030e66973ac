import { type Document, parseDocument, visit } from 'yaml'

/**
 * A configuration to be changed and written again, with its comments. What is unquoted and begins with 0x stays text, and
 * whole numbers stay whole: YAML would round both.
 */
export function settingsDocument(text: string): Document.Parsed {
  const document = parseDocument(text, { intAsBigInt: true, prettyErrors: false })
  visit(document, {
    Scalar: (_key, node) => {
      if (node.type === 'PLAIN' && node.source !== undefined && /^0x/i.test(node.source)) node.value = node.source
    },
  })
  return document
}

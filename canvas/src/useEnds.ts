import { useEffect, useState } from 'react';
import { type Edge, type Flow, flowInput, flowOutput } from './document';
import { type Field, type PackageOffered, server } from './server';

/** What is known of an edge's two ends: names of messages, and their fields to choose from. Only an offer; the server judges. */
export interface Ends {
  gives: string;
  takes: string;
  from: readonly Field[];
  to: readonly Field[];
}

type Messages = Record<string, readonly Field[]>;

const errorFields: Field[] = ['code', 'kind', 'message', 'node', 'attempt', 'input'].map((name) => ({ name, type: '' }));

// Messages of a version never change, so each is asked for once.
const known = new Map<string, Promise<Messages>>();

function messagesOf(reference: string): Promise<Messages> {
  let found = known.get(reference);
  if (!found) {
    found = server.messages(reference).then(
      (answer) => answer.messages,
      () => {
        known.delete(reference);
        return {};
      },
    );
    known.set(reference, found);
  }
  return found;
}

export function useEnds(flow: Flow, edge: Edge, packages: PackageOffered[] | null): Ends {
  const [gives, takes] = useMessages(flow, [[edge.from, 'output'], [edge.to, 'input']], packages);
  return {
    gives: edge.on_error ? 'NodeError' : gives!.message,
    takes: takes!.message,
    from: edge.on_error ? errorFields : gives!.fields,
    to: takes!.fields,
  };
}

type Side = 'input' | 'output';

/** What is known of the messages at some ends, or that nothing is yet: of a placement what it takes or gives, of the flow's own ends what is there. */
export function useMessages(flow: Flow, ends: readonly (readonly [end: string, side: Side])[], packages: PackageOffered[] | null) {
  const found = ends.map(([end, side]) => endOf(flow, end, side, packages));
  const [messages, setMessages] = useState<Messages | null>(null);
  const references = [...new Set(found.map((end) => end.package).filter((each): each is string => each !== undefined))].join(' ');
  useEffect(() => {
    let left = false;
    if (references !== '')
      void Promise.all(references.split(' ').map(messagesOf)).then((all) => {
        if (!left) setMessages(Object.assign({}, ...all));
      });
    return () => {
      left = true;
    };
  }, [references]);
  const isKnown = references === '' ? packages !== null : messages !== null;
  return found.map((end) => ({ message: end.message, fields: end.fields ?? fieldsOf(messages ?? {}, end.message), isKnown: end.fields !== undefined || isKnown }));
}

interface End {
  message: string;
  package?: string;
  fields?: Field[];
}

function endOf(flow: Flow, end: string, side: Side, packages: PackageOffered[] | null): End {
  const facade = end === flowInput ? flow.input_facade : end === flowOutput ? flow.output_facade : undefined;
  if (facade)
    return {
      message: facade.message_name,
      fields: Object.entries(facade.fields ?? {}).map(([name, field]) => ({ name, type: `${field.repeated ? 'repeated ' : field.optional ? 'optional ' : ''}${field.kind}` })),
    };
  // Without a message of its own, the flow takes and gives that of a placement beside its end.
  const beside =
    end === flowInput ? flow.edges.find((edge) => edge.from === flowInput && !edge.adapter)?.to
    : end === flowOutput ? flow.edges.find((edge) => edge.to === flowOutput)?.from
    : end;
  const placement = flow.nodes.find((node) => node.alias === beside);
  const node = packages?.find((each) => each.package === placement?.package)?.nodes.find((each) => each.name === placement?.node);
  if (!placement || !node) return { message: '' };
  const wanted = end === flowInput ? 'input' : end === flowOutput ? 'output' : side;
  const isFannedOut = wanted === 'output' && flow.edges.some((edge) => edge.to === beside && edge.fan_out);
  return isFannedOut
    ? { message: `Results of ${node.output}`, fields: [{ name: 'results', type: '' }, { name: 'errors', type: '' }] }
    : { message: node[wanted], package: placement.package };
}

/** A manifest may name a message by its simple name. */
function fieldsOf(messages: Messages, name: string): readonly Field[] {
  if (name === '') return [];
  const full = Object.keys(messages).find((each) => each === name || each.endsWith(`.${name}`));
  return full === undefined ? [] : messages[full]!;
}

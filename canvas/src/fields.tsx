// Parts of the panels' forms, with the classes of the console's own forms.

import { type ReactNode, useEffect, useId, useState } from 'react';

interface FieldProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  readOnly?: boolean;
  mono?: boolean;
  lines?: number;
  list?: readonly string[];
  wrong?: string;
  type?: 'text' | 'number' | 'search';
  placeholder?: string;
}

/** A labelled field. */
export function TextField({ label, hint, value, onChange, readOnly, mono, lines, list, wrong, type = 'text', placeholder }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ') || undefined;
  const shared = {
    id,
    value,
    readOnly,
    placeholder,
    spellCheck: false,
    autoComplete: 'off',
    className: mono ? 'mono' : undefined,
    'aria-describedby': described,
    'aria-invalid': wrong ? true : undefined,
  };
  return (
    <div className={`field ${wrong ? 'wrong' : ''}`}>
      <label htmlFor={id}>{label}</label>
      {hint && <p className="hint" id={`${id}-hint`}>{hint}</p>}
      {lines ? (
        <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input {...shared} type={type} list={list ? `${id}-list` : undefined} onChange={(event) => onChange(event.target.value)} />
      )}
      {list && <datalist id={`${id}-list`}>{list.map((each) => <option key={each} value={each} />)}</datalist>}
      {wrong && <p className="mistake" id={`${id}-wrong`}><Sentence text={wrong} /></p>}
    </div>
  );
}

/** What the server sets between backticks are the author's own words. */
export function Sentence({ text }: { text: string }) {
  return text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part));
}

interface NumberProps extends Omit<FieldProps, 'value' | 'onChange' | 'type'> {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

/** A number, or nothing; what is being typed stays as it is. */
export function NumberField({ value, onChange, ...rest }: NumberProps) {
  const [typed, setTyped] = useState(value?.toString() ?? '');
  useEffect(() => setTyped((was) => (numberOf(was) === value ? was : (value?.toString() ?? ''))), [value]);
  return (
    <TextField
      {...rest}
      type="number"
      value={typed}
      onChange={(text) => {
        setTyped(text);
        onChange(numberOf(text));
      }}
    />
  );
}

const numberOf = (text: string) => (text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text));

/** A field whose value is taken over when it is left, or by Enter: for names that others refer to. */
export function SettledField(props: FieldProps & { check: (value: string) => string | undefined }) {
  const { value, onChange, check, wrong: told, ...rest } = props;
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const unfit = typed === value ? undefined : check(typed);
  const settle = () => {
    if (typed !== value && !unfit) onChange(typed);
  };
  return (
    <div
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle();
        if (event.key === 'Escape') setTyped(value);
      }}
    >
      <TextField {...rest} value={typed} onChange={setTyped} wrong={unfit ?? (typed === value ? told : undefined)} />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  hint?: string;
  value: string;
  options: readonly (readonly [value: string, name: string])[];
  onChange: (value: string) => void;
  disabled?: boolean;
  wrong?: string;
}

export function Choice({ label, hint, value, options, onChange, disabled, wrong }: ChoiceProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ') || undefined;
  return (
    <div className={`field ${wrong ? 'wrong' : ''}`}>
      <label htmlFor={id}>{label}</label>
      {hint && <p className="hint" id={`${id}-hint`}>{hint}</p>}
      <select id={id} value={value} disabled={disabled} aria-describedby={described} aria-invalid={wrong ? true : undefined} onChange={(event) => onChange(event.target.value)}>
        {options.map(([each, name]) => <option key={each} value={each}>{name}</option>)}
      </select>
      {wrong && <p className="mistake" id={`${id}-wrong`}><Sentence text={wrong} /></p>}
    </div>
  );
}

export function Tick({ label, checked, onChange, disabled }: { label: string; checked: boolean; onChange: (checked: boolean) => void; disabled?: boolean }) {
  return (
    <label className="tick">
      <input type="checkbox" checked={checked} disabled={disabled} onChange={(event) => onChange(event.target.checked)} /> {label}
    </label>
  );
}

/** What a person has to know, in the console's own colours. */
export function Note({ kind, children }: { kind: 'bad' | 'warn' | 'good' | 'info'; children: ReactNode }) {
  return (
    <div className={`alert ${kind}`} role={kind === 'bad' ? 'alert' : undefined}>
      <div>{children}</div>
    </div>
  );
}

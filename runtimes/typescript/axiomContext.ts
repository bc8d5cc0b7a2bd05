import { AxiomAgent, AxiomReflection, AxiomTelemetry } from "./axiomValues.js";

export * from "./axiomValues.js";

/** Log lines of this call, with attributes: `ax.log.info("fetched", { rows: 12 })`. */
export class AxiomLogger {
    debug(_message: string, _attributes?: Record<string, unknown>): void {}

    info(_message: string, _attributes?: Record<string, unknown>): void {}

    warn(_message: string, _attributes?: Record<string, unknown>): void {}

    error(_message: string, _attributes?: Record<string, unknown>): void {}
}

/** The secrets of the tenant, read by name. A missing one is never an exception. */
export class AxiomSecrets {
    /** The value and true, or an empty text and false. */
    get(_name: string): [string, boolean] {
        return ["", false];
    }
}

/** The plain parameters of the flow's config, read by name. */
export class AxiomParams {
    /** The value and true, or an empty text and false. */
    get(_name: string): [string, boolean] {
        return ["", false];
    }
}

/** Why a secret can be read, or cannot. */
export enum SecretStatus {
    Available = "Available",
    Revoked = "Revoked",
    Unset = "Unset",
}

/** Whether a secret can be read. A function, so that stand-ins for the secrets need nothing but `get`. */
export function secretStatusOf(secrets: Pick<AxiomSecrets, "get">, name: string): SecretStatus {
    return secrets.get(name)[1] ? SecretStatus.Available : SecretStatus.Unset;
}

/** Events and measurements of a call. A function, so that stand-ins for the context need not have them. */
export function telemetryOf(ax: { readonly telemetry?: AxiomTelemetry }): AxiomTelemetry {
    return ax.telemetry ?? new AxiomTelemetry();
}

/**
 * What a node is told about its call and may ask for during it. A stand-in that extends this class names only what it
 * needs, and keeps compiling when members are added.
 */
export class AxiomContext {
    readonly log: AxiomLogger = new AxiomLogger();

    readonly secrets: AxiomSecrets = new AxiomSecrets();

    readonly params: AxiomParams = new AxiomParams();

    /** The graph that runs, and where in it this call is: `ax.reflection.flow`. */
    readonly reflection: AxiomReflection = new AxiomReflection();

    /** What the flow remembers from run to run: `ax.agent.memory`. */
    readonly agent: AxiomAgent = new AxiomAgent();

    /** Events and measurements of this call. */
    readonly telemetry: AxiomTelemetry = new AxiomTelemetry();

    readonly executionId: string = "";

    readonly flowId: string = "";

    readonly tenantId: string = "";

    /** When the call will be stopped; undefined in tests. */
    readonly deadline: Date | undefined = undefined;

    /** Says how far the call is, from 0 to 1, and what it is at. */
    progress(_fraction: number, _message = ""): void {}

    /** Aborted when the call is to stop: its run was cancelled, or its time is over. Hand it to whatever takes one. */
    get signal(): AbortSignal {
        return new AbortController().signal;
    }
}

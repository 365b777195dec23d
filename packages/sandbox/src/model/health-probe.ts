/** A health check of the ELB model. */
export interface HealthCheck {
  readonly ip: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
}

export type HealthCheckResult =
  | { readonly kind: 'answered'; readonly statusCode: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'refused' };

/** Sends health checks for the ELB model. In the sandbox they are real HTTP requests. */
export interface HealthProbe {
  /**
   * Never rejects: failures are results. The probe itself measures `timeoutMs` and returns
   * `timeout`. No other check of the target starts before.
   */
  check(check: HealthCheck): Promise<HealthCheckResult>;
}

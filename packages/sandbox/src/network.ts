/** Where a private address of the model really is. */
export type Reach =
  | { readonly kind: 'open'; readonly loopbackPort: number }
  /** Somebody has the address, and nothing listens there. */
  | { readonly kind: 'refused' }
  /** Nobody has the address: packets vanish. */
  | { readonly kind: 'timeout' };

export interface Exposure {
  readonly ip: string;
  readonly port: number;
  /** The port on 127.0.0.1 that stands for it. */
  readonly loopbackPort: number;
}

/** The private network of the sandbox: which address in the model is which port of this machine. */
export interface Network {
  /** Makes a port reachable. Returns what takes it away again; the address itself stays somebody's. */
  expose(exposure: Exposure): () => void;
  /** Gives an address to somebody who listens on nothing yet. */
  attach(ip: string): void;
  /** The address belongs to nobody any more, as after its network interface was deleted. */
  release(ip: string): void;
  resolve(ip: string, port: number): Reach;
}

export function createNetwork(): Network {
  const addresses = new Map<string, Map<number, Exposure>>();

  function portsOf(ip: string): Map<number, Exposure> {
    const ports = addresses.get(ip) ?? new Map<number, Exposure>();
    addresses.set(ip, ports);
    return ports;
  }

  return {
    expose(exposure) {
      portsOf(exposure.ip).set(exposure.port, exposure);
      return () => {
        const ports = addresses.get(exposure.ip);
        // The address may be another task's by now.
        if (ports?.get(exposure.port) === exposure) ports.delete(exposure.port);
      };
    },
    attach: (ip) => void portsOf(ip),
    release: (ip) => void addresses.delete(ip),
    resolve(ip, port) {
      const ports = addresses.get(ip);
      if (ports === undefined) return { kind: 'timeout' };
      const exposure = ports.get(port);
      return exposure === undefined ? { kind: 'refused' } : { kind: 'open', loopbackPort: exposure.loopbackPort };
    },
  };
}

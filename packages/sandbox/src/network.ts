/** Resolution of a private address in the model. */
export type Reach =
  | { readonly kind: 'open'; readonly loopbackPort: number }
  /** The address is in use, but nothing listens on the port. */
  | { readonly kind: 'refused' }
  /** The address is not in use, so packets are lost. */
  | { readonly kind: 'timeout' };

export interface Exposure {
  readonly ip: string;
  readonly port: number;
  /** The port on 127.0.0.1 that it maps to. */
  readonly loopbackPort: number;
}

/** The private network of the sandbox. Maps addresses of the model to ports of this machine. */
export interface Network {
  /** Makes a port reachable. Returns a function that closes the port. The address stays in use. */
  expose(exposure: Exposure): () => void;
  /** Marks an address as in use, without open ports. */
  attach(ip: string): void;
  /** Marks an address as unused, as after the deletion of its network interface. */
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
        // Another task may have the address by now.
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

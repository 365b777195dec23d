import { sandboxBackend } from './sandbox-backend.ts';
import { describeContract } from './suite.ts';

describeContract({ backend: sandboxBackend });

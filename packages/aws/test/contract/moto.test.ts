import { motoBackend } from './moto-backend.ts';
import { notModelledByMoto } from './not-modelled-by-moto.ts';
import { describeContract } from './suite.ts';

describeContract({ backend: motoBackend, notModelled: notModelledByMoto });

#!/usr/bin/env node
import { start } from './start.ts';

/**
 * The command's entry point, and the image's: init containers and the operator differ in their arguments only. Node itself
 * exits with 13 where the work stops without having ended, so that no Pod is opened by that.
 */
const code = await start();
if (code !== undefined) process.exit(code);

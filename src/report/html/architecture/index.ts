import type { Encoding, SearchSpace } from '../../../nas/index.ts';
import { cellsPicture } from './cells.ts';
import { macroPicture } from './macro.ts';
import { mobilenetPicture } from './mobilenet.ts';
import { stacksPicture } from './stacks.ts';

/** An architecture of any space as inline SVG, with a legend. */
export function architecturePicture(space: SearchSpace, encoding: Encoding): string {
  switch (space.grammar) {
    case 'mobilenet':
      return mobilenetPicture(space, encoding);
    case 'stacks':
      return stacksPicture(space, encoding);
    case 'macro':
      return macroPicture(space, encoding);
    case 'cells':
      return cellsPicture(space, encoding);
  }
}

import type { SearchSpace } from '../layout.ts';
import { proxylessSpace } from '../proxyless.ts';
import { enasMacroChannelsSpace, enasMacroSpace, enasMicroSpace, nasnetSpace } from './enas.ts';
import { mnasSpace } from './mnas.ts';
import { mobilenetV3LargeSpace, mobilenetV3SmallSpace } from './mobilenet-v3-paper.ts';
import { mobilenetV4Space } from './mobilenet-v4.ts';
import { nasBenchMacroSpace } from './nas-bench-macro.ts';
import { ofaMobilenetV3Space } from './ofa.ts';
import type { NamedSpaceOptions } from './parts.ts';
import { tunasMobilenetV3LikeSpace, tunasProxylessEnlargedSpace, tunasProxylessSpace } from './tunas.ts';

/** The published spaces by name, for images and classes of any number. */
export const publishedSpaces = {
  proxyless: proxylessSpace,
  'enas-macro': enasMacroSpace,
  'enas-macro-channels': enasMacroChannelsSpace,
  'enas-micro': enasMicroSpace,
  nasnet: nasnetSpace,
  mnas: mnasSpace,
  'mobilenet-v3-large': mobilenetV3LargeSpace,
  'mobilenet-v3-small': mobilenetV3SmallSpace,
  'mobilenet-v4': mobilenetV4Space,
  'nas-bench-macro': nasBenchMacroSpace,
  'ofa-mobilenet-v3': ofaMobilenetV3Space,
  'tunas-proxyless': tunasProxylessSpace,
  'tunas-proxyless-enlarged': tunasProxylessEnlargedSpace,
  'tunas-mobilenet-v3-like': tunasMobilenetV3LikeSpace,
} satisfies { readonly [name: string]: (sizes: NamedSpaceOptions) => SearchSpace };

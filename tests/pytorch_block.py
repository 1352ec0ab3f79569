"""PyTorch's Transformer layer with the weights of one of our blocks, to compare the two."""

import torch
from torch import nn

from course_utils.layers import TransformerBlock


@torch.no_grad()
def copy_weights(block: TransformerBlock, other: nn.TransformerEncoderLayer) -> None:
    """Give PyTorch's layer all the numbers of ours."""
    projections = [block.attention.W_q, block.attention.W_k, block.attention.W_v]
    other.self_attn.in_proj_weight.copy_(torch.cat([p.weight for p in projections]))
    other.self_attn.in_proj_bias.copy_(torch.cat([p.bias for p in projections]))
    pairs = [
        (other.self_attn.out_proj, block.attention.W_o),
        (other.linear1, block.feed_forward.widen),
        (other.linear2, block.feed_forward.narrow),
        (other.norm1, block.norm_1),
        (other.norm2, block.norm_2),
    ]
    for to, from_ in pairs:
        to.load_state_dict(from_.state_dict())

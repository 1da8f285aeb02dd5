namespace StereoSpike.Model;

/// <summary>Sizes of a <see cref="MatrixProduct{T}"/>, and how its left side lies in memory; strides in floats.</summary>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Columns">Columns of the result, a multiple of 16.</param>
/// <param name="Segments">Pieces that the sum is made of.</param>
/// <param name="Length">Terms of a piece.</param>
/// <param name="LeftRow">From one row of the left side to the next.</param>
/// <param name="LeftColumn">From one term to the next.</param>
/// <param name="LeftSegment">From one piece to the next.</param>
internal readonly record struct MatrixProductShape(int Rows, int Columns, int Segments, int Length, nint LeftRow, nint LeftColumn, nint LeftSegment);

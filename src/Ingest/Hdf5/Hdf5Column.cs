using System.Numerics;
using PureHDF;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>One column of events in HDF5, whatever its type, read as whole numbers.</summary>
internal abstract class Hdf5Column : IDisposable
{
    /// <summary>Number of rows.</summary>
    public abstract long Count { get; }

    /// <summary>Opens a column.</summary>
    /// <param name="file">The file; it must outlive the column.</param>
    /// <param name="name">The dataset's name.</param>
    /// <param name="unit">What one stands for where the numbers are fractions (seconds become µs); others are left as they are.</param>
    /// <exception cref="InvalidDataException">It is not one line of numbers.</exception>
    public static Hdf5Column Open(Hdf5File file, string name, double unit = 1)
    {
        IH5Dataset dataset = file.Dataset(name);
        return file.Guarded(name, () => (dataset.Type.Class, dataset.Type.Size, IsSigned(dataset.Type))) switch
        {
            (H5DataTypeClass.FloatingPoint, 8, _) => new Fractions<double>(file, name, unit),
            (H5DataTypeClass.FloatingPoint, 4, _) => new Fractions<float>(file, name, unit),
            (H5DataTypeClass.FixedPoint, 1, false) => new Whole<byte>(file, name),
            (_, 1, true) => new Whole<sbyte>(file, name),
            (H5DataTypeClass.FixedPoint, 2, false) => new Whole<ushort>(file, name),
            (H5DataTypeClass.FixedPoint, 2, true) => new Whole<short>(file, name),
            (H5DataTypeClass.FixedPoint, 4, false) => new Whole<uint>(file, name),
            (H5DataTypeClass.FixedPoint, 4, true) => new Whole<int>(file, name),
            (H5DataTypeClass.FixedPoint, 8, false) => new Whole<ulong>(file, name),
            (H5DataTypeClass.FixedPoint, 8, true) => new Whole<long>(file, name),
            _ => throw file.Misshapen(name, file.Dataset(name), "[E] of numbers"),
        };
    }

    private static bool IsSigned(IH5DataType type) => type.Class == H5DataTypeClass.Enumerated || (type.Class == H5DataTypeClass.FixedPoint && type.FixedPoint.IsSigned);

    /// <summary>Reads rows.</summary>
    /// <param name="first">The first, 0-based.</param>
    /// <param name="values">Receives them; they must exist.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or a value is none that fits.</exception>
    public abstract void Read(long first, Span<long> values);

    /// <summary>The rows as they are stored, where they are whole numbers of exactly that type; else null.</summary>
    public virtual Hdf5Rows<TStored>? Rows<TStored>()
        where TStored : unmanaged => null;

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class Whole<T>(Hdf5File file, string name) : Hdf5Column
        where T : unmanaged, IBinaryInteger<T>
    {
        private readonly Hdf5Rows<T> _rows = new(file, name);

        public override long Count => _rows.Count;

        public override Hdf5Rows<TStored>? Rows<TStored>() => _rows as Hdf5Rows<TStored>;

        public override void Read(long first, Span<long> values)
        {
            for (int done = 0; done < values.Length;)
            {
                ReadOnlySpan<T> rows = _rows.At(first + done, values.Length - done);
                Span<long> target = values.Slice(done, rows.Length);
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = long.CreateSaturating(rows[i]);
                }

                done += rows.Length;
            }
        }

        public override void Dispose() => _rows.Dispose();
    }

    private sealed class Fractions<T>(Hdf5File file, string name, double unit) : Hdf5Column
        where T : unmanaged, IFloatingPoint<T>
    {
        private readonly Hdf5Rows<T> _rows = new(file, name);

        public override long Count => _rows.Count;

        public override void Read(long first, Span<long> values)
        {
            for (int done = 0; done < values.Length;)
            {
                ReadOnlySpan<T> rows = _rows.At(first + done, values.Length - done);
                for (int i = 0; i < rows.Length; i++)
                {
                    double value = Math.Floor((double.CreateSaturating(rows[i]) * unit) + 0.5);
                    values[done + i] = Math.Abs(value) < 1L << 53   // false for NaN too
                        ? (long)value
                        : throw BadFile.Error(file.Path, $"{name}, row {first + done + i}", $"is {rows[i]}, which is no number of use", Hdf5File.Remedy);
                }

                done += rows.Length;
            }
        }

        public override void Dispose() => _rows.Dispose();
    }
}
